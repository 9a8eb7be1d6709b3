"""The rules of the house that import contracts and linters cannot say."""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize

import pytest

from tests.sources import FLOORS, ROOT, Module, modules

# What the use cases stand on; every other module or package in workflow is a use case.
FLOORS_BELOW = {"domain", "store", "intake", "evidence", "wording"}
SUPPORT = {
    "access",
    "calendars",
    "catalogue",
    "files",
    "i18n",
    "journal",
    "labels",
    "secrets_kept",
    "settings",
}
# Steps that several use cases take within their own transaction; no step is an act by itself.
STEPS = {
    "codes",
    "dividing",
    "enrolling",
    "moves",
    "outcomes",
    "owner_letters",
    "passwords",
    "proving",
    "versions",
}
# What every edge does with two use cases in one transaction; no use case asks it.
COMPOSED = {"owing"}
BUCKETS = {"utils", "util", "helpers", "helper", "common", "manager", "services", "models", "misc"}
LONGEST = 400


def use_case(module: str) -> str | None:
    """The use case that a module is or belongs to: ``planning`` of ``workflow.planning.moves``."""
    floor, _, rest = module.partition(".")
    name = rest.partition(".")[0]
    below = {"", *FLOORS_BELOW, *SUPPORT, *STEPS}
    return name if floor == "workflow" and name not in below else None


def named(module: Module) -> str:
    return module.name


every_module = pytest.mark.parametrize("module", modules(), ids=named)


def test_the_domain_imports_only_the_standard_library_and_dateutil() -> None:
    allowed = {*sys.stdlib_module_names, "dateutil"}
    for module in modules():
        if module.name.startswith("workflow.domain"):
            foreign = {
                name
                for name in module.imports
                if name.split(".")[0] not in allowed
                and name != "workflow"
                and not name.startswith("workflow.domain")
            }
            assert not foreign, f"{module.name} imports {foreign}"


def test_use_cases_never_import_one_another() -> None:
    assert {use_case(module.name) for module in modules()} >= {"definitions", "planning"}
    crossed = {
        f"{module.name} imports {other}"
        for module in modules()
        if module.name.startswith("workflow.")
        for own in [use_case(module.name)]
        if own not in COMPOSED
        for other in {use_case(name) for name in module.imports_from("workflow")} - {own, None}
    }
    assert not crossed, "\n".join(sorted(crossed))


def test_only_the_edge_chooses_words() -> None:
    for module in modules():
        if module.name.startswith("workflow.") and module.name != "workflow.labels":
            assert not module.imports_from("workflow.labels"), module.name
            if not module.name.startswith("workflow.wording"):
                assert not module.imports_from("workflow.wording"), module.name


def test_only_the_edge_opens_a_database_or_commits() -> None:
    # Migrating is a transaction of its own, whatever started it.
    makers = {"workflow.store.engine", "workflow.store.migrate", "workflow.store.migrations.env"}
    for module in modules():
        if module.name.split(".")[0] not in {"workflow", "reports"} or module.name in makers:
            continue
        assert "make_engine" not in module.text, module.name
        calls = {
            node.func.attr
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert not calls & {"commit", "begin"}, f"{module.name} ends or begins a transaction"


def test_every_request_goes_out_through_the_one_guarded_door() -> None:
    clients = {"http.client", "urllib.request", "httpx", "httpx2", "requests", "urllib3", "aiohttp"}
    makers = {module.name for module in modules() if clients & set(module.imports)}
    assert makers == {"tasks.delivery.outgoing"}


@every_module
def test_a_module_says_what_it_knows(module: Module) -> None:
    assert ast.get_docstring(module.tree), f"{module.name} opens without a docstring"


@every_module
def test_a_module_is_short_and_named_for_what_it_does(module: Module) -> None:
    if ".migrations.versions." not in module.name:  # a record of what was done is not split
        assert len(module.text.splitlines()) <= LONGEST, "split it by activity"
    assert not BUCKETS & set(module.name.split("."))


def test_an_exception_from_a_lint_gives_its_reason() -> None:
    exception = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no cover)")
    reasoned = re.compile(
        r"#\s*noqa:\s*[A-Z0-9, ]+ - \w.+|#\s*type:\s*ignore\[[a-z0-9, -]+\]\s*(#|-)\s*\w.+"
    )
    bare = {
        f"{path.relative_to(ROOT)}:{token.start[0]}: {token.string}"
        for folder in (*FLOORS, "tests", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline)
        if token.type == tokenize.COMMENT and exception.search(token.string)
        if not reasoned.search(token.string)
    }
    assert not bare, "\n".join(sorted(bare))
