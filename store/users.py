"""Rows of users and of their memberships in companies."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from domain.model import Company, Membership, User
from store import tables as t
from store.engine import Tx

_BY_EMAIL = sa.select(t.user).where(sa.func.lower(t.user.c.email) == sa.bindparam("email"))
_MEMBERSHIPS = (
    sa.select(t.company, t.membership.c.role, t.membership.c.is_active)
    .join(t.membership, t.membership.c.company_id == t.company.c.id)
    .where(t.membership.c.user_id == sa.bindparam("user"))
    .order_by(t.company.c.id)
)
"""Every call asks these; a statement is built once, because that takes longer than running it."""


def add_user(tx: Tx, *, email: str, names: tuple[str, str], password_hash: str, is_admin: bool = False) -> User:
    """Return a new user, valid at once. ``names`` are first and last name."""
    values: dict[str, Any] = {
        "email": email,
        "first_name": names[0],
        "last_name": names[1],
        "password_hash": password_hash,
        "password_expires": None,
        "is_valid": True,
        "is_admin": is_admin,
    }
    key = tx.execute(sa.insert(t.user).values(values)).inserted_primary_key
    assert key is not None
    return User(id=key[0], **values)


def set_membership(tx: Tx, *, company_id: int, user_id: int, role: str) -> None:
    """Give the user this role in the company, replacing the one they had."""
    where = (t.membership.c.company_id == company_id) & (t.membership.c.user_id == user_id)
    if not tx.execute(sa.update(t.membership).where(where).values(role=role, is_active=True)).rowcount:
        tx.execute(sa.insert(t.membership).values(company_id=company_id, user_id=user_id, role=role, is_active=True))


def change_user(tx: Tx, user_id: int, **values: Any) -> None:
    """Change columns of the user's row, such as ``password_hash`` or ``is_valid``."""
    tx.execute(sa.update(t.user).where(t.user.c.id == user_id).values(values))


def make_admin(tx: Tx, user_id: int) -> None:
    """Let the user act for every company."""
    tx.execute(sa.update(t.user).where(t.user.c.id == user_id).values(is_admin=True))


def find_user(tx: Tx, email: str) -> User | None:
    """Return the user with this address, in any letter case, or None."""
    row = tx.execute(_BY_EMAIL, {"email": email.strip().lower()}).mappings().one_or_none()
    return User(**row) if row else None


def load_user(tx: Tx, user_id: int) -> User | None:
    """Return the user with this number, or None."""
    row = tx.execute(sa.select(t.user).where(t.user.c.id == user_id)).mappings().one_or_none()
    return User(**row) if row else None


def find_memberships(tx: Tx, user_id: int) -> tuple[Membership, ...]:
    """Return the user's memberships, active or not, by company."""
    rows = tx.execute(_MEMBERSHIPS, {"user": user_id}).mappings()
    return tuple(_membership(dict(row)) for row in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A user of a company, and the role that they have there."""

    user: User
    role: str
    is_active: bool


def find_members(tx: Tx, company_id: int, after: int | None, limit: int) -> tuple[Member, ...]:
    """Return at most ``limit`` users of the company by number; ``after`` is the number of the last one seen."""
    m = t.membership.c
    query = sa.select(t.user, m.role, m.is_active).join(t.membership, m.user_id == t.user.c.id)
    query = query.where(m.company_id == company_id, t.user.c.id > (after or 0)).order_by(t.user.c.id).limit(limit)
    return tuple(_member(dict(row)) for row in tx.execute(query).mappings())


def count_users(tx: Tx) -> int:
    """Return the number of users."""
    return tx.scalar(sa.select(sa.func.count()).select_from(t.user)) or 0


def _member(row: dict[str, Any]) -> Member:
    role, is_active = row.pop("role"), row.pop("is_active")
    return Member(user=User(**row), role=role, is_active=is_active)


def _membership(row: dict[str, Any]) -> Membership:
    role, is_active = row.pop("role"), row.pop("is_active")
    return Membership(company=Company(**row), role=role, is_active=is_active)
