"""Files of companies for tests."""

import io
from typing import Any

GOOD = {
    "name": "Example Oy",
    "bid": "1234567-1",
    "country": "FI",
    "address1": "Street 1",
    "post_code": "00100",
    "post_office": "Helsinki",
    "city": "Helsinki",
    "email": "office@example.com",
    "auth_email": "signer@example.com",
    "locale": "FI",
    "networks": "VISMA PEPPOL",
}


def sheet(*rows: dict[str, str], separator: str = ",", encoding: str = "utf-8", **options: Any) -> io.BytesIO:
    """Return a file with these rows; each says only how it differs from a good one."""
    columns = options.get("columns") or [*GOOD, *sorted({name for row in rows for name in row} - set(GOOD))]
    lines = [separator.join(columns)]
    lines += [separator.join(quoted({**GOOD, **row}.get(name, ""), separator) for name in columns) for row in rows]
    return io.BytesIO(options.get("line_end", "\n").join(lines).encode(encoding))


def quoted(text: str, separator: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if any(sign in text for sign in (separator, '"', "\n")) else text


def finnish_ids(count: int, first: int = 2_000_000) -> list[str]:
    """Return valid Finnish business ids."""
    weights, found, number = (7, 9, 10, 5, 8, 4, 2), [], first
    while len(found) < count:
        rest = sum(weight * int(digit) for weight, digit in zip(weights, str(number), strict=True)) % 11
        if rest != 1:
            found.append(f"{number}-{0 if rest == 0 else 11 - rest}")
        number += 1
    return found


def swedish_ids(count: int, first: int = 556_200_000) -> list[str]:
    """Return valid Swedish organisation numbers."""
    return [f"{number}{_luhn(number)}" for number in range(first, first + count)]


def _luhn(number: int) -> int:
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(str(number))]
    return -sum(digit // 10 + digit % 10 for digit in doubled) % 10


def dutch_ids(count: int, first: int = 30_100_000) -> list[str]:
    """Return Dutch chamber of commerce numbers; they have no check digit."""
    return [str(number) for number in range(first, first + count)]
