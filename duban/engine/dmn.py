"""DMN files: read safely, checked as a whole, every problem at once with its element and line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from lxml import etree

from duban.engine.boxed import Context, Invocation, Items, Literal, Logic
from duban.engine.dmn_tables import NO_CELL, TYPES, Place, TableReader
from duban.engine.feel.cells import Cell, Knowledge, compile_value
from duban.engine.feel.tokens import spaced_names
from duban.errors import Problem

_MODELS = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)
"""Namespaces of DMN 1.1 to 1.5."""
_NAMED = (
    "inputData decision businessKnowledgeModel variable formalParameter itemComponent itemDefinition output parameter"
)
_NO_LOGIC = Literal(cell=NO_CELL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A decision as a file has it, not yet linked with those that it requires."""

    name: str
    file: str
    line: int | None
    names: frozenset[str]
    paths: frozenset[str]
    logic: Logic
    requires: tuple[str, ...]
    knowledge: Mapping[str, Knowledge]
    typed: tuple[tuple[str, str], ...]


def read_files(files: Mapping[str, bytes]) -> tuple[dict[str, Found], list[Problem]]:
    """Return the decisions of *files* by id, and every problem found."""
    readers = [_File(name, data) for name, data in sorted(files.items())]
    found: dict[str, Found] = {}
    problems: list[Problem] = []
    for reader in readers:
        for id_, decision in reader.decisions():
            if id_ in found:
                message = f"the decision {id_} is also in {found[id_].file}; ids are unique"
                problems.append(
                    Problem(file=reader.name, element=id_, line=decision.line, message=message, rule="unique-id")
                )
            found[id_] = decision
        problems += reader.problems
    for id_, decision in found.items():
        missing = [required for required in decision.requires if required not in found]
        problems += [
            Problem(
                file=decision.file,
                element=id_,
                line=decision.line,
                message=f"the required decision {m} is nowhere",
                rule="decision",
            )
            for m in missing
        ]
    return found, problems


class _File:
    """One DMN file."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.root = self._parsed(data)
        named = self._all(*_NAMED.split())
        self.names = spaced_names(element.get("name") or "" for element in named)
        self.functions = frozenset(element.get("name") or "" for element in self._all("businessKnowledgeModel"))
        self.by_id = {element.get("id"): element for element in self._all(*_NAMED.split()) if element.get("id")}
        self.types = {e.get("name") or "": _base_type(e) for e in self._all("itemDefinition")}
        self.read: list[Cell] = []
        """Cells of the decision that is being read."""
        self.knowledge: dict[str, Knowledge | None] = {}
        """Business knowledge by id; None while it is being read."""

    def decisions(self) -> Iterator[tuple[str, Found]]:
        """Yield the decisions, by id."""
        for element in self._all("decision"):
            id_ = element.get("id") or element.get("name")
            if not id_:
                self.refuse(element, "the decision has no id")
                continue
            yield id_, self._decision(id_, element)

    def refuse(self, element: etree._Element, message: str) -> None:
        """Note a problem of *element*."""
        self.problems.append(
            Problem(
                file=self.name, element=_nearest_id(element), line=_line(element), message=message, rule="decision-cell"
            )
        )

    # -- XML

    def _parsed(self, data: bytes) -> etree._Element:
        """Return the root of *data*; an empty one if it cannot be read. Nothing is ever fetched or expanded."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
        try:
            root = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            message = f"the file is no XML: {error.msg}"
            self.problems.append(Problem(file=self.name, line=error.lineno, message=message, rule="xml"))
            return etree.Element("definitions")
        if root.getroottree().docinfo.internalDTD is not None:
            self.problems.append(
                Problem(file=self.name, line=1, message="a DOCTYPE is not allowed; remove it", rule="xml")
            )
            return etree.Element("definitions")
        if etree.QName(root).localname != "definitions" or etree.QName(root).namespace not in _MODELS:
            self.refuse(root, f"{root.tag} is no DMN 1.1 to 1.5 model")
            return etree.Element("definitions")
        return root

    def _all(self, *tags: str) -> list[etree._Element]:
        space = etree.QName(self.root).namespace
        return [element for tag in tags for element in self.root.iter(f"{{{space}}}{tag}")] if space else []

    def _references(self, element: etree._Element, kind: str) -> list[str]:
        """Return the ids that *element* requires by ``kind``."""
        return [(found.get("href") or "").rpartition("#")[2] for found in element.iter(f"{{*}}{kind}")]

    # -- decisions

    def _decision(self, id_: str, element: etree._Element) -> Found:
        self.read = []
        place = Place(file=self, element=element, what=f"decision {element.get('name') or id_}")
        logic = self._logic_of(element, place)
        inputs = [self.by_id[ref] for ref in self._references(element, "requiredInput") if ref in self.by_id]
        required = [self.by_id.get(ref) for ref in self._references(element, "requiredKnowledge")]
        given = [self._knowledge(model) for model in required if model is not None]
        cells = self.read
        return Found(
            name=_variable_name(element) or id_,
            file=self.name,
            line=_line(element),
            names=frozenset[str]().union(*(cell.names for cell in cells)),
            paths=frozenset[str]().union(*(cell.paths for cell in cells)),
            logic=logic,
            requires=tuple(self._references(element, "requiredDecision")),
            knowledge=MappingProxyType(dict(named for named in given if named[0])),
            typed=tuple(self._typed(inputs)),
        )

    def _typed(self, inputs: list[etree._Element]) -> Iterator[tuple[str, str]]:
        """Yield the input data that are times, with their types."""
        for element in inputs:
            variable = element.find("{*}variable")
            type_ = self.type_of(variable.get("typeRef")) if variable is not None else None
            if type_ not in (None, "string", "number", "boolean"):
                yield _variable_name(element), type_

    def type_of(self, reference: str | None) -> str | None:
        """Return the FEEL type that *reference* names; None if any or none of the simple ones."""
        name = (reference or "").strip().rpartition(":")[2]
        return TYPES.get(self.types.get(name, name) or "")

    def _knowledge(self, model: etree._Element) -> tuple[str, Knowledge]:
        """Return the business knowledge *model* under its name."""
        name, id_ = _variable_name(model), model.get("id") or ""
        body = model.find("{*}encapsulatedLogic")
        place = Place(file=self, element=model, what=f"business knowledge {name}")
        if id_ in self.knowledge and self.knowledge[id_] is None:
            place.refuse("it requires itself")
            return "", Knowledge((), lambda _: None)
        ready = self.knowledge.get(id_)
        if ready is not None:
            return name, ready
        if body is None or body.get("kind", "FEEL").upper() != "FEEL":
            place.refuse("it has no logic in FEEL")
            return "", Knowledge((), lambda _: None)
        self.knowledge[id_] = None
        parameters = tuple(parameter.get("name") or "" for parameter in body.findall("{*}formalParameter"))
        kept, self.read = self.read, []
        logic = self._logic_of(body, place)
        self.read = kept
        required = [self.by_id.get(ref) for ref in self._references(model, "requiredKnowledge")]
        others = dict(self._knowledge(other) for other in required if other is not None)
        made = Knowledge(parameters, _body(logic, others))
        self.knowledge[id_] = made
        return name, made

    # -- logic

    def _logic_of(self, parent: etree._Element, place: Place) -> Logic:
        """Return the one piece of logic under *parent*."""
        for child in parent.iterchildren(tag=etree.Element):
            reader = self._readers.get(etree.QName(child).localname)
            if reader is not None:
                return reader(self, child, place)
            if etree.QName(child).localname in _REFUSED:
                place.refuse(f"<{etree.QName(child).localname}> is not offered", child)
                return _NO_LOGIC
        place.refuse("it has no logic: draw a table or write an expression", parent)
        return _NO_LOGIC

    def _literal(self, element: etree._Element, place: Place) -> Logic:
        language = (element.get("expressionLanguage") or "feel").lower()
        if "feel" not in language:
            place.refuse(f"the expression language {language} is not offered; write FEEL", element)
            return _NO_LOGIC
        text = element.findtext("{*}text") or ""
        return Literal(cell=place.cell(compile_value, text, element))

    def _table(self, element: etree._Element, place: Place) -> Logic:
        decision = place.element
        name = _variable_name(decision) or decision.get("id") or ""
        return TableReader(self, element, table_id=decision.get("id") or name, name=name).table() or _NO_LOGIC

    def _context(self, element: etree._Element, place: Place) -> Logic:
        entries: list[tuple[str | None, Logic]] = []
        for entry in element.findall("{*}contextEntry"):
            variable = entry.find("{*}variable")
            name = variable.get("name") if variable is not None else None
            before = len(self.read)
            logic = self._logic_of(entry, place)
            self._hide({name for name, _ in entries if name}, before)
            entries.append((name, logic))
        return Context(entries=tuple(entries))

    def _hide(self, names: set[str], since: int) -> None:
        """Take *names* from what the cells read since then ask of the data: earlier entries give them."""
        for at in range(since, len(self.read)):
            cell = self.read[at]
            paths = frozenset(path for path in cell.paths if path.partition(".")[0] not in names)
            self.read[at] = replace(cell, names=cell.names - names, paths=paths)

    def _items(self, element: etree._Element, place: Place) -> Logic:
        children = list(element.iterchildren(tag=etree.Element))
        known = [child for child in children if etree.QName(child).localname in self._readers]
        return Items(items=tuple(self._readers[etree.QName(child).localname](self, child, place) for child in known))

    def _invocation(self, element: etree._Element, place: Place) -> Logic:
        function = " ".join((element.findtext("{*}literalExpression/{*}text") or "").split())
        if function not in self.functions:
            place.refuse(f"it calls {function or 'nothing'}, which is no business knowledge of this file", element)
        bindings: list[tuple[str, Logic]] = []
        for binding in element.findall("{*}binding"):
            parameter = binding.find("{*}parameter")
            name = parameter.get("name") or "" if parameter is not None else ""
            bindings.append((name, self._logic_of(binding, place)))
        return Invocation(function=function, bindings=tuple(bindings))

    _readers: Mapping[str, Callable[[_File, etree._Element, Place], Logic]] = MappingProxyType(
        {
            "literalExpression": _literal,
            "decisionTable": _table,
            "context": _context,
            "list": _items,
            "invocation": _invocation,
        }
    )


_REFUSED = frozenset({"relation", "functionDefinition", "conditional", "for", "every", "some", "filter"})


def _body(logic: Logic, others: Mapping[str, Knowledge]) -> Callable[[Mapping[str, object]], object]:
    return lambda given: logic.evaluate({**others, **given}).value


def _nearest_id(element: etree._Element) -> str | None:
    """Return the id of *element* or of the nearest one around it that has one."""
    return next((found for around in (element, *element.iterancestors()) if (found := around.get("id"))), None)


def _line(element: etree._Element) -> int | None:
    line = element.sourceline
    return line if isinstance(line, int) else None


def _variable_name(element: etree._Element) -> str:
    """Return what *element* is called by in expressions: the name of its variable, else its own."""
    variable = element.find("{*}variable")
    name = (variable.get("name") if variable is not None else None) or element.get("name") or ""
    return " ".join(name.split())


def _base_type(definition: etree._Element) -> str | None:
    """Return the simple type that an item definition stands for, if it stands for one."""
    reference = definition.findtext("{*}typeRef")
    if reference is None or definition.get("isCollection") == "true":
        return None
    return reference.strip().rpartition(":")[2]
