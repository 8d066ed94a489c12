#!/usr/bin/env python3
"""Shows which crate uses which, how long each is, and which files of a crate import each other in
a circle. Ends with 1 if a circle goes over more than two files.

An arrow goes from a file to the file that defines what it names: names that another file only
passes on (`pub use`) are followed to where they come from. A module's file and the files below it are
its parts: that it declares and calls them is no arrow, that they use it is one. Tests are left out.
What methods call through `self` is not seen.

    tools/import_graph.py            circles of more than two files, by crate
    tools/import_graph.py --table    the table of crates, for docs/import-graph.md
    tools/import_graph.py --pairs    circles of two files too
    tools/import_graph.py --arrows CRATE    the arrows within its circles, with the names that make them

ROOT=DIR looks at another tree, such as an earlier commit.
"""

import os
import re
import sys
from pathlib import Path

ROOT = Path(os.environ.get("ROOT", Path(__file__).resolve().parent.parent))

TESTS = re.compile(r"(^|/)(tests|fixture|\w+_tests)(\.rs$|/)")


SKIPPED = re.compile(
    r'//[^\n]*|/\*.*?\*/'                                # comments
    r'|(?<!\w)b?r(?P<hashes>#*)".*?"(?P=hashes)'          # raw strings
    r'|"(?:\\.|[^"\\])*"'                                # strings
    r"|'(?:\\.[^']*|[^\\'])'",                          # characters, not lifetimes
    re.S)


def without_comments(text):
    """The text without comments, and without what is in literals of strings and characters."""
    return SKIPPED.sub(lambda found: " " if found[0][0] == "/" else '""', text)


def without_tests(text):
    """The text without the items that are marked `#[cfg(test)]`."""
    while mark := re.search(r"#\[cfg\(test\)\]", text):
        i, depth = mark.end(), 0
        while True:
            character = text[i]
            depth += {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}.get(character, 0)
            i += 1
            if depth == 0 and character in ";}":
                break
        text = text[:mark.start()] + text[i:]
    return text


def uses(tree, prefix=()):
    """The paths of a `use` tree, each with the name that it gets."""
    tree = tree.strip()
    if not tree:
        return
    depth, start, parts = 0, 0, []
    for i, character in enumerate(tree):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append(tree[start:i])
            start = i + 1
    parts.append(tree[start:])
    if len(parts) > 1:
        for part in parts:
            yield from uses(part, prefix)
        return
    if brace := re.match(r"((?:\w+\s*::\s*)*)\{(.*)\}$", tree, re.S):
        path = tuple(re.findall(r"\w+", brace.group(1)))
        yield from uses(brace.group(2), prefix + path)
        return
    path, _, name = tree.partition(" as ")
    path = prefix + tuple(re.findall(r"\w+|\*", path))
    if path[-1] == "self":
        path = path[:-1]
    yield path, name.strip() or path[-1]


class File:
    def __init__(self, path, module):
        self.path, self.module = path, module
        self.text = path.read_text()
        code = without_tests(without_comments(self.text))
        pattern = r"(?:\bpub(?:\([^)]*\))?\s+)?\buse\s+[^;]+;"
        self.imports, self.exports, self.globs = {}, {}, []
        for use in re.findall(pattern, code):
            public = use.startswith("pub")
            for path, name in uses(use[use.index("use") + 3:].rstrip(";")):
                if name == "*":
                    self.globs.append(path[:-1])
                elif public:
                    self.exports[name] = path
                else:
                    self.imports[name] = path
        body = re.sub(pattern, "", code)
        self.children = set(re.findall(r"\bmod\s+(\w+)\s*;", body))
        self.inline = set(re.findall(r"\bmod\s+(\w+)\s*\{", body))
        self.paths = {tuple(re.findall(r"\w+", path))
                      for path in re.findall(r"(?<![\w:])(?:\w+\s*::\s*)+\w+", body)}
        self.names = set(re.findall(r"\w+", body))


class Crate:
    def __init__(self, directory):
        self.name = directory.name
        self.directory = directory
        self.files, self.modules = [], {}
        source = directory / "src"
        for path in sorted(source.rglob("*.rs")):
            relative = path.relative_to(source)
            if TESTS.search(str(relative)) and directory.name != "testkit":
                continue
            parts = list(relative.with_suffix("").parts)
            if parts[-1] in ("mod", "lib", "main"):
                parts.pop()
            file = File(path, tuple(parts))
            self.files.append(file)
            self.modules.setdefault(file.module, file)

    def absolute(self, file, path):
        """The path from the crate's root; None if it leads out of the crate."""
        module, path = list(file.module), list(path)
        if path[0] == "crate":
            return tuple(path[1:])
        if path[0] in file.inline:
            return None
        if path[0] == "self":
            return tuple(module + path[1:])
        if path[0] == "super":
            while path and path[0] == "super":
                if not module:
                    return None
                module.pop()
                path.pop(0)
            return tuple(module + path)
        if path[0] in file.children:
            return tuple(module + path)
        known = file.imports.get(path[0]) or file.exports.get(path[0])
        if known and known[0] != path[0]:
            return self.absolute(file, known + tuple(path[1:]))
        return None

    def home(self, path, seen=()):
        """The file that defines what the path from the root names."""
        if path in seen:
            return None
        for length in range(len(path), -1, -1):
            file = self.modules.get(path[:length])
            if file is None:
                continue
            rest = path[length:]
            if not rest:
                return file
            if rest[0] in file.exports:
                onward = self.absolute(file, file.exports[rest[0]])
                return onward and self.home(onward + rest[1:], (*seen, path))
            for glob in file.globs:
                onward = self.absolute(file, glob)
                target = onward is not None and self.modules.get(onward)
                if target and re.search(rf"\b{rest[0]}\b", target.text):
                    return self.home(onward + rest, (*seen, path))
            return file
        return None

    def arrows(self):
        """For each file the files that it imports from, with the names."""
        found = {file: {} for file in self.files}
        for file in self.files:
            named = [path for name, path in file.imports.items()]
            named += list(file.paths)
            # What is passed on and used as well.
            named += [path for name, path in file.exports.items() if name in file.names]
            for path in named:
                onward = self.absolute(file, path)
                home = onward is not None and self.home(onward)
                below = home and home.module[:len(file.module)] == file.module
                if home and not below:
                    found[file].setdefault(home, set()).add(path[-1])
        return found


def circles(arrows):
    """The strongly connected components of more than one file (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(file):
        index[file] = low[file] = len(index)
        stack.append(file)
        for other in arrows[file]:
            if other not in index:
                visit(other)
                low[file] = min(low[file], low[other])
            elif other in stack:
                low[file] = min(low[file], index[other])
        if low[file] == index[file]:
            circle = []
            while True:
                circle.append(stack.pop())
                if circle[-1] is file:
                    break
            if len(circle) > 1:
                found.append(sorted(circle, key=lambda file: str(file.path)))

    for file in arrows:
        if file not in index:
            visit(file)
    return sorted(found, key=len, reverse=True)


def lines(crate):
    """Lines of Rust without tests."""
    return sum(code_lines(file.text) for file in crate.files)


def code_lines(text):
    kept, rows, i = 0, text.splitlines(), 0
    while i < len(rows):
        if rows[i].strip() != "#[cfg(test)]":
            kept += 1
            i += 1
            continue
        i += 1
        while rows[i].lstrip().startswith("#["):
            i += 1
        indent = rows[i][:len(rows[i]) - len(rows[i].lstrip())]
        if not rows[i].rstrip().endswith((";", "}")):
            i += 1
            while rows[i].rstrip() not in (indent + "}", indent + "};", indent + ");"):
                i += 1
        i += 1
    return kept


def dependencies(directory):
    manifest = (directory / "Cargo.toml").read_text()
    section = re.search(r"^\[dependencies\]\n(.*?)(?=^\[|\Z)", manifest, re.M | re.S)
    return re.findall(r"^lookalike-([\w-]+)", section.group(1) if section else "", re.M)


def main(arguments):
    crates = [Crate(path.parent) for path in sorted((ROOT / "crates").glob("*/Cargo.toml"))]
    graphs = {crate.name: crate.arrows() for crate in crates}
    found = {name: circles(arrows) for name, arrows in graphs.items()}
    if arguments[:1] == ["--table"]:
        print("| crate | lines | files | uses | circles of two files | of more |")
        print("|---|---|---|---|---|---|")
        for crate in crates:
            pairs = sum(len(circle) == 2 for circle in found[crate.name])
            more = ", ".join(str(len(circle)) for circle in found[crate.name] if len(circle) > 2)
            used = ", ".join(sorted(dependencies(crate.directory))) or "none"
            print(f"| {crate.name} | {lines(crate):,} | {len(crate.files)} | {used} "
                  f"| {pairs} | {more or 'none'} |")
        return 0
    if arguments[:1] == ["--arrows"]:
        for circle in found[arguments[1]]:
            print(f"circle of {len(circle)}:")
            for file in circle:
                for other, names in graphs[arguments[1]][file].items():
                    if other in circle:
                        print(f"  {file.path.relative_to(ROOT)} -> "
                              f"{other.path.relative_to(ROOT)}: {', '.join(sorted(names))}")
        return 0
    least = 2 if arguments[:1] == ["--pairs"] else 3
    long = False
    for crate in crates:
        for circle in found[crate.name]:
            if len(circle) >= least:
                names = " ".join(str(file.path.relative_to(ROOT)) for file in circle)
                print(f"{crate.name}: {len(circle)} files import each other in a circle: {names}")
            long |= len(circle) > 2
    if long:
        print("no circle may go over more than two files; tools/import_graph.py --arrows CRATE "
              "shows what makes them")
    return int(long)


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    sys.exit(main(sys.argv[1:]))
