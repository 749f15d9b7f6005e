"""Reading C++ sources well enough for the checks: without comments and literals, macros' arguments.
"""

import pathlib
import re

_TOKEN = re.compile(
    r'//[^\n]*'
    r'|/\*.*?\*/'
    r'|R"(?P<d>[^\s()\\]{0,16})\(.*?\)(?P=d)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'",
    re.DOTALL)

MACROS = {
    'CIAO_NOT_YET': 'not yet',
    'CIAO_ABSENT': 'absent',
    'CIAO_ABSENT_QUIETLY': 'absent',
}


def _blank(match, keep_strings):
    text = match.group(0)
    if keep_strings and not text.startswith(('//', '/*')):
        return text
    quote = text[0] if text[0] in '"\'' else ''
    return quote + '\n' * text.count('\n') + quote if quote else ' ' + '\n' * text.count('\n')


def strip(text, keep_strings=False):
    """The text without comments (and contents of literals); line numbers stay."""
    return _TOKEN.sub(lambda m: _blank(m, keep_strings), text)


def line_of(text, offset):
    return text.count('\n', 0, offset) + 1


def _brackets(text, opening):
    """(offset, character, depth) of the parentheses and commas after `opening` outside of strings.
    """
    depth, quoted = 0, False
    for i in range(opening, len(text)):
        c = text[i]
        if c == '"' and text[i - 1] != '\\':
            quoted = not quoted
        elif not quoted and c in '(),':
            depth += {'(': 1, ')': -1, ',': 0}[c]
            yield i, c, depth


def closing(text, opening):
    """Offset of the parenthesis that closes the one at `opening`, or -1."""
    return next((i for i, _, depth in _brackets(text, opening) if depth == 0), -1)


def arguments(text, opening):
    """The arguments of a macro call, split at the commas outside of parentheses and strings."""
    parts, start = [], opening + 1
    for i, c, depth in _brackets(text, opening):
        if (c == ',' and depth == 1) or depth == 0:
            parts.append(' '.join(text[start:i].split()))
            start = i + 1
        if depth == 0:
            break
    return parts


def product_sources(folder):
    """The .cc files of a folder that are not tests."""
    return sorted(p for p in pathlib.Path(folder).glob('*.cc') if not p.name.endswith('_test.cc'))


def read_exports(path):
    """exports.txt as a list of (symbol, topic, since)."""
    rows = []
    for number, line in enumerate(pathlib.Path(path).read_text().splitlines(), 1):
        line = line.split('#', 1)[0].strip()
        if not line:
            continue
        fields = line.split()
        if len(fields) not in (2, 3):
            raise SystemExit(f'{path}:{number}: not "SYMBOL topic [since]": {line}')
        rows.append((fields[0], fields[1], fields[2] if len(fields) == 3 else '3.0'))
    return rows


def macro_definitions(text):
    """(symbol, state, reason, offset) of every CIAO_NOT_YET and CIAO_ABSENT in a source."""
    text = strip(text, keep_strings=True)
    constants = dict(re.findall(r'constexpr char (k\w+)\[\]\s*=\s*("(?:[^"\\]|\\.)*")', text))
    found = []
    for match in re.finditer(r'^\s*(CIAO_\w+)\s*\(', text, re.MULTILINE):
        if match[1] not in MACROS:
            continue
        args = arguments(text, match.end() - 1)
        if len(args) < 4:
            raise SystemExit(f'{match[1]} with {len(args)} arguments: {args}')
        reason = args[4] if len(args) > 4 else ''
        reason = constants.get(reason, reason).strip('"')
        found.append((args[2], MACROS[match[1]], reason, match.start(1)))
    return found


def function_definitions(text, symbols):
    """(symbol, offset) of every function body in a source whose name is one of `symbols`."""
    text = strip(text)
    found = []
    for match in re.finditer(r'\b([A-Za-z_]\w*)\s*\(', text):
        if match[1] not in symbols:
            continue
        end = closing(text, match.end() - 1)
        if end < 0:
            continue
        rest = text[end + 1:]
        # The C way to return a pointer to a function: int (*name(params))(its params) {
        if re.search(r'\(\s*\*\s*$', text[:match.start()]):
            tail = re.match(r'\s*\)\s*\(', rest)
            if tail is None:
                continue
            rest = rest[closing(rest, tail.end() - 1) + 1:]
        if re.match(r'\s*(noexcept\s*)?(->[^{;]*)?(try\s*)?\{', rest):
            found.append((match[1], match.start(1)))
    return found
