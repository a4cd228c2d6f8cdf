"""``rehearsal terraform-provider``, which needs no rehearsal that runs."""

from pathlib import Path

from tests.running import rehearsal_command


def test_it_prints_what_terraform_needs(tmp_path: Path) -> None:
    shown = rehearsal_command(tmp_path, "terraform-provider", "--use", "stand-in")

    settings = tmp_path / "terraform" / "terraform.tfrc"
    assert shown.stdout == f"export TF_CLI_CONFIG_FILE={settings}\n"
    assert shown.stderr == "terraform uses the rehearsal's stand-in of hashicorp/google 7.45.0\n"


def test_the_real_one_needs_nothing(tmp_path: Path) -> None:
    shown = rehearsal_command(tmp_path, "terraform-provider", "--use", "real")

    assert shown.stdout == ""
    assert "the real hashicorp/google" in shown.stderr
