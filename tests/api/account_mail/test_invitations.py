"""Invitations: mailed, or handed over by the admin."""

import re

import httpx2
import pytest

from bootstrap.adapters import Adapters
from bootstrap.services import Services, build_services
from tests.support.accounts import Account, get_tokens
from tests.support.mail_server import MailServer, token_in
from tests.support.mailed_accounts import client_of, new_email, register, with_settings
from tests.support.service import Person

pytestmark = pytest.mark.server


async def test_invited_people_register_with_the_role_chosen_for_them(
    mail_adapters: Adapters, admin: Person, student: Person, server: MailServer
) -> None:
    by_invitation = with_settings(mail_adapters, registration="invitation")
    services = build_services(by_invitation)
    account, other = Account(new_email()), new_email()
    body = {"email": account.email, "role": "teacher"}
    async with client_of(by_invitation) as client:
        refused = await client.post("/invitations", headers=student.headers, json=body)
        uninvited = await register(client, other)
        made = await client.post("/invitations", headers=admin.headers, json=body)
        await services.mails.send_due()
        token = server.token_to(account.email)

        foreign = await register(client, other, invitation=token)
        registered = await register(client, account.email.upper(), invitation=token)
        again = await register(client, new_email(), invitation=token)
        signed_in = await get_tokens(client, account)

    assert (refused.status_code, uninvited.status_code, made.status_code) == (403, 403, 201)
    assert made.json()["link"] is None
    assert (foreign.status_code, again.status_code) == (422, 422)
    assert registered.json()["role"] == "teacher"
    assert signed_in.status_code == 200


async def test_an_invitation_is_in_the_language_of_who_invites(
    client: httpx2.AsyncClient, services: Services, server: MailServer, admin: Person
) -> None:
    email = new_email()
    await client.patch("/users/me", json={"language": "hi"}, headers=admin.headers)

    await client.post("/invitations", headers=admin.headers, json={"email": email})
    await services.mails.send_due()

    (mail,) = server.to(email)
    assert mail["Subject"] == "आपको Our School में आमंत्रित किया गया है"
    assert re.search(r"यह निमंत्रण \d+ [\u0900-\u097f]+ \d{4} तक मान्य है।", mail.get_content())
    assert token_in(mail.get_content())


async def test_without_a_mail_server_the_admin_hands_the_link_over_and_may_take_it_back(
    adapters: Adapters, admin: Person
) -> None:
    async with client_of(adapters) as client:
        email = new_email()
        made = await client.post("/invitations", headers=admin.headers, json={"email": email})
        path = f"/invitations/{made.json()['id']}"
        listed = (await client.get("/invitations", headers=admin.headers)).json()["items"]
        revoked = await client.delete(path, headers=admin.headers)
        late = await register(client, email, invitation=token_in(made.json()["link"]))

    assert made.json()["id"] in [one["id"] for one in listed]
    assert revoked.status_code == 204
    assert late.status_code == 422
