"""The package's folders stand on floors: code imports from its own folder and from lower floors, and nothing else."""

import ast
from collections.abc import Iterator
from pathlib import Path

from ketamine_faq.paths import PROJECT

PACKAGE = PROJECT / "ketamine_faq"
# From the ground up. A module at the package's root is a part of its own; so is the package itself, which spaCy loads.
FLOORS = [
    {"paths", "yaml_file", "logs", "templates"},
    {"settings"},
    {"storage", "content"},
    {"nlu"},
    {"importer", "model", "chat", "dialogue", "ketamine_faq"},
    {"contact", "website", "insights", "bench"},
    {"staff"},
    {"operations"},
    {"serving"},
    {"cli"},
]
FLOOR_OF = {part: floor for floor, parts in enumerate(FLOORS) for part in parts}
# Those beside the package, which may use all of it.
ENTRIES = {"actions", "tests", "benchmarks"}


def part_of(file: Path) -> str:
    """The folder that a file of the package is in; at the root, its own name."""
    first = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return PACKAGE.name if first == "__init__" else first


def imported_modules(file: Path) -> Iterator[str]:
    """The dotted names that a file imports, also inside functions and for types alone."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports by a relative name, which this test doesn't follow"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports() -> Iterator[tuple[Path, str, str]]:
    """Each import from one part of the package to another: the file, its part and the part that it imports."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for name in imported_modules(file):
            top, *below = name.split(".")
            assert top not in ENTRIES, f"{file} imports {name}, which is no part of the package"
            if top == PACKAGE.name:
                imported = below[0] if below and below[0] in FLOOR_OF else PACKAGE.name
                if imported != part_of(file):
                    yield file, part_of(file), imported


def test_every_part_has_a_floor():
    parts = {part_of(file) for file in PACKAGE.rglob("*.py")}
    assert parts == set(FLOOR_OF)
    assert len(FLOOR_OF) == sum(map(len, FLOORS)), "a part stands on two floors"


def test_every_import_is_from_a_lower_floor():
    # Not from the same floor either: so no two folders import each other, and no three in a ring.
    found = list(imports())
    assert found
    upwards = [
        f"{file.relative_to(PROJECT)} imports {imported}"
        for file, part, imported in found
        if FLOOR_OF[imported] >= FLOOR_OF[part]
    ]
    assert upwards == []


def test_helpers_of_tests_are_in_support_and_benchmarks_need_nothing_else_of_tests():
    wrong = []
    for file in [*PROJECT.glob("tests/**/*.py"), *PROJECT.glob("benchmarks/**/*.py")]:
        of_tests = file.is_relative_to(PROJECT / "tests")
        for name in imported_modules(file):
            parts = name.split(".")
            from_a_test = parts[0] == "tests" and any(p == "conftest" or p.startswith("test_") for p in parts)
            across = parts[0] == "benchmarks" if of_tests else parts[0] == "tests" and parts[1] != "support"
            if from_a_test or across:
                wrong.append(f"{file.relative_to(PROJECT)} imports {name}")
    assert wrong == []
