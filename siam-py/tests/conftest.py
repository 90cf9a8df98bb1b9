"""What all tests share: one small ecosystem."""

from __future__ import annotations

import pytest

import siam

DOCUMENT = """
siam: 1
ecosystem: acme
zone: Europe/London
parties: {netco: {kind: supplier}}
calendars:
  office: {zone: Europe/London, hours: {mon-fri: 09:00-17:00}}
  always: {hours: always}
services:
  wan-a: {provider: netco}
  wan-b: {provider: netco}
  network: {depends_on: [{at_least: 2, of: [wan-a, wan-b]}]}
  email: {depends_on: [network], users: 4000}
"""


@pytest.fixture(scope="session")
def eco() -> siam.Ecosystem:
    return siam.load(DOCUMENT)
