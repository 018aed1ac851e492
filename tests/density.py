"""How dense the code is: tokens a line, comprehensions in 100 statements, long modules and
functions.

    python tests/density.py ingest index app

A token is a name, an operator, a number or a string of Python's tokenizer (Python 3.11),
docstrings included; a line counts if it has one. Comprehensions are those of lists, sets and
dicts, and generator expressions.
"""

import ast
import io
import sys
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

COUNTED = {tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING}
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Density:
    """Counts over some files; lengths are in lines, `functions` by their "file:name"."""

    tokens: int
    token_lines: int
    comprehensions: int
    statements: int
    modules: dict[str, int]
    functions: dict[str, int]

    @property
    def tokens_per_line(self) -> float:
        return self.tokens / self.token_lines

    @property
    def comprehensions_per_100(self) -> float:
        return 100 * self.comprehensions / self.statements


def measure(paths: Iterable[Path]) -> Density:
    tokens = comprehensions = statements = token_lines = 0
    modules: dict[str, int] = {}
    functions: dict[str, int] = {}
    for path in paths:
        source = path.read_text(encoding="utf-8")
        counted = [
            t for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type in COUNTED
        ]
        tokens += len(counted)
        token_lines += len({token.start[0] for token in counted})
        modules[path.as_posix()] = len(source.splitlines())
        for node in ast.walk(ast.parse(source)):
            comprehensions += isinstance(node, COMPREHENSIONS)
            statements += isinstance(node, ast.stmt)
            if isinstance(node, FUNCTIONS):
                assert node.end_lineno is not None
                functions[f"{path.as_posix()}:{node.name}"] = node.end_lineno - node.lineno + 1
    return Density(tokens, token_lines, comprehensions, statements, modules, functions)


def python_files(folders: Iterable[Path]) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def main() -> None:
    density = measure(python_files(map(Path, sys.argv[1:])))
    print(f"tokens a line                    {density.tokens_per_line:.2f}")
    print(f"comprehensions in 100 statements {density.comprehensions_per_100:.2f}")
    for title, lengths in (("modules", density.modules), ("functions", density.functions)):
        longest = sorted(lengths.items(), key=lambda item: -item[1])[:5]
        print(f"longest {title}: " + ", ".join(f"{name} {lines}" for name, lines in longest))


if __name__ == "__main__":
    main()
