"""Which addresses events may be sent to: public ones alone, unless the operator allows others.

A name is looked up when connecting and only what was looked at is connected to, so a name that answers differently the
next time leads nowhere else.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

LONGEST = 2_000
NAT64 = IPv6Network("64:ff9b::/96")
LOCAL_NAMES = ("localhost", "local", "internal", "home.arpa")


def is_allowed(url: str, *, private: bool) -> bool:
    """Whether a URL is one to send to: https and a public host; with `private`, any host, and http as well."""
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return False
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or port == 0 or parts.username is not None or parts.password is not None or "#" in url:
        return False
    if private:
        return parts.scheme in {"http", "https"}
    address = _address(host)
    is_local = host.rstrip(".").endswith(LOCAL_NAMES) and host.rstrip(".").rpartition(".")[2] in LOCAL_NAMES
    if address is None:
        # A number in another notation is an address to some resolvers.
        return parts.scheme == "https" and "." in host and not is_local and not host.rpartition(".")[2].isdigit()
    return parts.scheme == "https" and is_public(address)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is anybody's, and not one of this machine, a private network or many at once.

    An IPv6 address that stands for one of IPv4 is what that one is.
    """
    if isinstance(address, IPv6Address):
        within = address.ipv4_mapped or address.sixtofour
        if within is None and address in NAT64:
            within = IPv4Address(int(address) & 0xFFFFFFFF)
        if within is not None:
            return is_public(within)
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
