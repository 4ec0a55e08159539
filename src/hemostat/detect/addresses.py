"""Is an IP address of a network? In plain SQL, so that every engine that runs the rules can ask."""

from ipaddress import IPv4Network, IPv6Network

_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_V4 = rf"({_OCTET}\.){{3}}{_OCTET}"
_GROUP = "[0-9a-f]{1,4}"
_V6 = f"{_GROUP}(:{_GROUP}){{7}}|({_GROUP}(:{_GROUP}){{0,6}})?::({_GROUP}(:{_GROUP}){{0,6}})?"
_NIBBLE = 4  # bits


def in_network(value: str, network: IPv4Network | IPv6Network) -> str:
    """SQL: is the text an address of the network, or a smaller network that starts within it, like `10.1.2.0/24`?

    The zone of an IPv6 address, like that of `fe80::1%eth0`, is not looked at.
    """
    address = f"split_part({value}, '/', 1)"
    return _in_v4(address, network) if isinstance(network, IPv4Network) else _in_v6(f"lower({address})", network)


def _in_v4(address: str, network: IPv4Network) -> str:
    number = " + ".join(
        f"COALESCE(TRY_CAST(split_part({address}, '.', {place}) AS BIGINT), 0) * {256 ** (4 - place)}" for place in range(1, 5)
    )
    low, high = int(network.network_address), int(network.broadcast_address)
    return f"(regexp_full_match({address}, '{_V4}') AND {number} BETWEEN {low} AND {high})"


def _in_v6(address: str, network: IPv6Network) -> str:
    scoped, address = address, f"split_part({address}, '%', 1)"
    digits = network.network_address.exploded.replace(":", "")
    whole, rest = divmod(network.prefixlen, _NIBBLE)
    tests = [f"regexp_full_match({scoped}, '({_V6})(%[^%]+)?')", f"length({_v6_digits(address)}) = 32"]
    if whole:
        tests.append(f"starts_with({_v6_digits(address)}, '{digits[:whole]}')")
    if rest:
        low = int(digits[whole], 16)
        allowed = ", ".join(f"'{low + step:x}'" for step in range(2 ** (_NIBBLE - rest)))
        tests.append(f"substr({_v6_digits(address)}, {whole + 1}, 1) IN ({allowed})")
    return "(" + " AND ".join(tests) + ")"


def _v6_digits(address: str) -> str:
    """SQL for the 32 hexadecimal digits of an address: `::` stands for as many zero groups as are missing, at least one."""
    left, right = (f"list_filter(string_split(split_part({address}, '::', {side}), ':'), lambda g: g <> '')" for side in (1, 2))
    least = f"(CASE WHEN contains({address}, '::') THEN 1 ELSE 0 END)"
    missing = f"repeat('0000', greatest(8 - len({left}) - len({right}), {least})::BIGINT)"
    padded = [f"array_to_string(list_transform({groups}, lambda g: lpad(g, 4, '0')), '')" for groups in (left, right)]
    return f"({padded[0]} || {missing} || {padded[1]})"
