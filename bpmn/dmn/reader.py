"""Reads a DMN document into a model."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from lxml import etree

from bpmn.dmn import model
from bpmn.dmn.boxed_reader import read_boxed, read_function
from bpmn.dmn.errors import DmnInvalid
from bpmn.dmn.xml_access import Element, attribute, child, children, local_name, read_root, reference, text_of

_NAMESPACES = ("20151101", "20180521", "20191111", "20211108", "20230324")
_NAMED = ("variable", "formalParameter", "itemComponent", "contextEntry", "column", "output", "parameter")
_Part = TypeVar("_Part", model.Decision, model.InputData, model.KnowledgeModel, model.DecisionService)


@lru_cache(maxsize=128)
def parse(xml: bytes) -> model.Definitions:
    """Read a DMN 1.1 to 1.5 document; DmnInvalid if it cannot be used."""
    root = read_root(xml)
    namespace = etree.QName(root).namespace or ""
    if local_name(root) != "definitions" or not any(f"/{version}/" in namespace for version in _NAMESPACES):
        raise DmnInvalid("the document is not a DMN model")
    return model.Definitions(
        attribute(root, "id"),
        attribute(root, "name"),
        _by_id(root, "decision", _read_decision),
        _by_id(root, "inputData", _read_input_data),
        _by_id(root, "businessKnowledgeModel", _read_knowledge),
        _by_id(root, "decisionService", _read_service),
        {item.name: item for item in map(_read_item, children(root, "itemDefinition"))},
        _collect_names(root),
    )


def _by_id(root: Element, name: str, read: Callable[[Element], _Part]) -> dict[str, _Part]:
    parts: dict[str, _Part] = {}
    for element in children(root, name):
        part = read(element)
        if not part.id or part.id in parts:
            raise DmnInvalid(f"a {name} without an id or a name of its own", part.id)
        parts[part.id] = part
    return parts


def _requirements(element: Element, kind: str, name: str) -> tuple[str, ...]:
    found = (child(requirement, name) for requirement in children(element, kind))
    return tuple(reference(each) for each in found if each is not None)


def _id_of(element: Element) -> str:
    """The id of an element; its name stands in for a missing one."""
    return attribute(element, "id") or attribute(element, "name")


def _name_and_type(element: Element) -> tuple[str, str]:
    """The name and the type of the variable of an element."""
    variable = child(element, "variable")
    return attribute(variable, "name") or attribute(element, "name"), attribute(variable, "typeRef")


def _read_decision(element: Element) -> model.Decision:
    return model.Decision(
        _id_of(element),
        attribute(element, "name"),
        *_name_and_type(element),
        read_boxed(element),
        _requirements(element, "informationRequirement", "requiredInput"),
        _requirements(element, "informationRequirement", "requiredDecision"),
        _requirements(element, "knowledgeRequirement", "requiredKnowledge"),
    )


def _read_input_data(element: Element) -> model.InputData:
    return model.InputData(_id_of(element), *_name_and_type(element))


def _read_knowledge(element: Element) -> model.KnowledgeModel:
    logic = child(element, "encapsulatedLogic")
    return model.KnowledgeModel(
        _id_of(element),
        attribute(element, "name"),
        *_name_and_type(element),
        None if logic is None else read_function(logic),
        _requirements(element, "knowledgeRequirement", "requiredKnowledge"),
    )


def _read_service(element: Element) -> model.DecisionService:
    return model.DecisionService(
        _id_of(element),
        attribute(element, "name"),
        *_name_and_type(element),
        tuple(map(reference, children(element, "outputDecision"))),
        tuple(map(reference, children(element, "inputDecision"))),
        tuple(map(reference, children(element, "inputData"))),
    )


def _read_item(element: Element) -> model.ItemDefinition:
    function = child(element, "functionItem")
    parameters = None
    if function is not None:
        parameters = tuple(attribute(each, "typeRef") for each in children(function, "parameters"))
    return model.ItemDefinition(
        attribute(element, "name"),
        text_of(element, "typeRef"),
        text_of(child(element, "allowedValues")),
        attribute(element, "isCollection") == "true",
        tuple(_read_item(component) for component in children(element, "itemComponent")),
        parameters,
    )


def _collect_names(root: Element) -> frozenset[str]:
    """All names the expressions of the model may use."""
    names = {attribute(each, "name") for each in children(root)}
    names |= {attribute(each, "name") for each in root.iter() if local_name(each) in _NAMED}
    names |= {attribute(each, "iteratorVariable") for each in root.iter() if local_name(each)}
    return frozenset(names - {""})
