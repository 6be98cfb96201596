"""Content is compiled once, checked whole, and kept for the cases that run on it."""

from dataclasses import replace

import pytest

from duban.desk import work
from duban.desk.shelf import Shelf
from duban.errors import BureauError
from tests.desk.small import BPMN, a_small_bureau, an_errand, clerk, task_at


def test_every_name_that_is_not_offered_is_told_at_once() -> None:
    """Whoever starts the house learns all that is missing, not the first of it."""
    with a_small_bureau("sqlite://") as house:
        bureau = replace(house.desk.bureau, handlers={}, forms={})
        with pytest.raises(BureauError) as caught:
            Shelf(bureau).check()

        assert sorted(problem.element or "" for problem in caught.value.problems) == ["ask", "fetch", "remind"]
        assert all(problem.file == "errand.bpmn" for problem in caught.value.problems)


def test_a_letter_that_a_diagram_names_must_be_written() -> None:
    """A missing template would otherwise be found when the letter is due, in somebody's case."""
    with a_small_bureau("sqlite://") as house:
        files = {"errand.bpmn": BPMN.replace("</bpmn:process>", '<!-- "L01" -->\n</bpmn:process>').encode()}
        with pytest.raises(BureauError, match=r"the letter L01 has no template\. Write templates/letters/L01\.txt"):
            Shelf(replace(house.desk.bureau, files=files, templates=frozenset())).check()


def test_a_broken_diagram_is_named_with_its_line() -> None:
    """Broken XML must be found before anything runs."""
    with a_small_bureau("sqlite://") as house:
        bureau = replace(house.desk.bureau, files={"errand.bpmn": BPMN.replace("</bpmn:process>", "").encode()})
        with pytest.raises(BureauError, match=r"errand\.bpmn:\d+"):
            Shelf(bureau).check()


def test_a_case_goes_on_with_the_diagram_it_began_on(database_url: str) -> None:
    """Redrawing a diagram does not touch the cases that run."""
    with a_small_bureau(database_url) as house:
        number = an_errand(house)
        desk = house.desk
        redrawn = replace(desk.bureau, files={"errand.bpmn": BPMN.replace("交办", "重画的交办").encode()})
        desk = replace(desk, bureau=redrawn, shelf=Shelf(redrawn))
        desk.store.write(lambda record: desk.shelf.keep(record, at=desk.now()))
        work.complete(desk, number, task_at(desk, number, "ask"), {"what": "取件"}, clerk(desk))
        known = desk.store.read(lambda record: record.definitions.digests("errand"))
        used = desk.store.read(lambda record: record.cases.load(number).definition)

        assert (len(known), used == desk.shelf.of_kind("errand").digest) == (2, False)
