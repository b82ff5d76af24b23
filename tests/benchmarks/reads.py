"""The statements by which the servers in Node read the rows behind an answer: the one place for them.

They are the nearest to what coverline reads, and never more than that: for a decision the document of its contract and
its account, as coverline does, but not the account's partner. Parameters are numbered.
"""

from collections.abc import Mapping

FROM = {"sqlite": "?", "postgresql": "$"}
AMONG = {
    "sqlite": "IN (SELECT value FROM json_each({0}))",
    "postgresql": "= ANY({0})",
}

MEMBER = """
FROM licenses l
JOIN license_facts f ON f.account_id = l.account_id AND f.license_id = l.id AND f.superseded_at IS NULL
JOIN products p ON p.id = f.product_id
JOIN product_facts pf ON pf.product_id = p.id AND pf.superseded_at IS NULL
"""
ACCOUNT = """
JOIN accounts a ON a.id = l.account_id
JOIN account_facts af ON af.account_id = a.id AND af.superseded_at IS NULL
JOIN personal_data n ON n.id = af.id
"""
DOCUMENT = """
JOIN facts_documents o ON o.license_id = l.id
JOIN facts_documents c ON c.license_id = o.contract_id
"""
COVERED = """
JOIN derived_coverage d ON d.account_id = l.account_id AND d.license_id = l.id
    AND {1} BETWEEN d.from_on AND d.through_on
"""
LISTED = """l.id, l.serial, p.code AS product_code, pf.name AS product_name, d.state,
    CASE WHEN d.expires_on < '9999-12-31' THEN {expires_on} END AS expires_on"""
FACTS = """l.serial, c.body, c.written_at,
    a.reference, n.text AS name, af.theater, af.country, af.language, af.currency"""

WRITTEN: Mapping[str, str] = {
    "fact": f"SELECT {FACTS} FROM licenses l {ACCOUNT} {DOCUMENT} WHERE l.serial = {{1}}",  # noqa: S608 - parts of this file
    "facts": f"SELECT {FACTS} FROM licenses l {ACCOUNT} {DOCUMENT} WHERE l.serial {{among_1}}",  # noqa: S608 - the same
    "page": f"SELECT {LISTED}, a.reference AS account_reference, n.text AS account_name {MEMBER} {ACCOUNT} {COVERED} "
    "WHERE l.serial > {2} ORDER BY l.serial LIMIT {3}",
    "dependents": f"SELECT {LISTED}, f.base_id {MEMBER} {COVERED} WHERE f.base_id {{among_2}} ORDER BY l.serial",
    "contract": f"SELECT {FACTS}, f.product_id, coalesce(af.currency, 'EUR') AS paid_in "
    f"{MEMBER} {ACCOUNT} {DOCUMENT} WHERE l.serial = {{1}}",
    "prices": "SELECT plan, months, effective_from, amount FROM prices "
    "WHERE book = 'LIST' AND currency = {1} AND product_id = {2} AND superseded_at IS NULL",
    "policies": "SELECT text FROM documents WHERE superseded_at IS NULL",
}


def statements(engine: str) -> dict[str, str]:
    """Every statement by its name, as an engine takes it."""
    marks = {str(number): f"{FROM[engine]}{number}" for number in (1, 2, 3)}
    among = {f"among_{number}": AMONG[engine].format(marks[number]) for number in ("1", "2")}
    dates = {"expires_on": "d.expires_on" if engine == "sqlite" else "d.expires_on::text"}
    return {name: _filled(text, marks | among | dates) for name, text in WRITTEN.items()}


def _filled(text: str, pieces: Mapping[str, str]) -> str:
    for name, piece in pieces.items():
        text = text.replace(f"{{{name}}}", piece)
    return " ".join(text.split())
