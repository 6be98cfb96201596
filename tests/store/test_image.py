"""A database in memory can be copied whole: hundreds of trials begin from one that was filled once."""

from datetime import date

from duban.model.people import Membership, Person
from duban.store import Store


def test_a_copy_holds_what_the_first_held_and_goes_its_own_way() -> None:
    """Trials that begin from the same image must not see each other."""
    with Store("sqlite://") as first:
        first.migrate()
        first.write(lambda record: record.people.put(Person(id="p1", name="王小明")))
        image = first.image()
        with Store("sqlite://") as second:
            second.become(image)
            second.write(lambda record: record.people.put(Person(id="p2", name="李红")))

            assert [p.id for p in second.read(lambda record: record.people.list_())] == ["p1", "p2"]
            assert [p.id for p in first.read(lambda record: record.people.list_())] == ["p1"]


def test_a_copy_keeps_its_rules() -> None:
    """Foreign keys are a matter of the connection: a copied database must refuse what the first one refuses."""
    with Store("sqlite://") as first:
        first.migrate()
        image = first.image()
    with Store("sqlite://") as second:
        second.become(image)
        second.write(lambda record: record.people.put(Person(id="p1", name="王小明")))
        held = Membership(person="p1", unit="ZA", role="officer", since=date(2026, 1, 1))
        second.write(lambda record: record.people.join(held))

        assert second.read(lambda record: record.people.memberships("p1")) == [held]
