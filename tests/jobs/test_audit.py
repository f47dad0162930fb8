"""The audit log has each call that changed something, and no other."""

from server.audited import subject_of
from store.audit import AuditEntry, find_entries
from tests.conftest import LAB_COMPANY
from tests.jobs.flow import Client, reading
from tests.jobs.pictures import small_png
from wsdl import contract


def entries(lab: Client) -> list[AuditEntry]:
    """Return the company's entries about this test, oldest first."""
    with reading(lab.server) as tx:
        found = find_entries(tx, LAB_COMPANY, None, 1000)
    return [entry for entry in reversed(found) if lab.tag in entry.act.subject]


def test_a_change_is_written_down_with_who_what_and_from_where(lab: Client) -> None:
    lab.call("createFolder", f"<folderPath>{lab.tag}</folderPath>")

    (entry,) = entries(lab)
    assert (entry.act.actor, entry.act.action, entry.act.subject) == (
        "lab@example.com",
        "createFolder",
        f"folderPath {lab.tag}",
    )
    assert entry.act.address == "127.0.0.1"


def test_a_call_that_reads_or_is_refused_leaves_no_entry(lab: Client) -> None:
    assert not lab.call("getFolders", "<folderPath>LabCo/</folderPath>").is_fault
    refused = lab.call("moveAsset", f"<assetHandle>a|999999</assetHandle><folderHandle>{lab.tag}</folderHandle>")

    assert refused.is_fault
    assert entries(lab) == []


def test_an_upload_is_written_down(lab: Client) -> None:
    lab.post_files({"a.png": small_png()}, jobName=f"{lab.tag}-up")

    assert [entry.act.action for entry in entries(lab)] == ["uploadPost"]


def test_no_password_is_written_down() -> None:
    param = contract.SetPasswordParam(user_handle="u|5", password="Hidden-Secret-1")

    assert subject_of(param) == "userHandle u|5"
