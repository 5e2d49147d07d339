# SPDX-License-Identifier: Apache-2.0
"""three (PyPI, 2013, by Code for America): discovery, services, a definition, a posted request, its token.

It was written for Python 2: one import, itertools.ifilter, is given to it here. Its XML reader (relaxml)
indexes the keys of a dict and cannot work on Python 3, so that it is run in JSON alone.

    three_client.py ENDPOINT API_KEY
"""
import itertools
import sys
from datetime import date, timedelta

itertools.ifilter = filter
import three  # noqa: E402

endpoint, api_key = sys.argv[1:]
client = three.Three(endpoint, api_key=api_key, jurisdiction="hanoi.gov.vn")
print("three", three.__version__ if hasattr(three, "__version__") else "0.8.0")

discovery = client.discovery()
print("discovery:", discovery["endpoints"][0]["url"])
assert discovery["endpoints"][0]["specification"] == "http://wiki.open311.org/GeoReport_v2"

services = client.services()
print("services:", len(services))
definition = client.services("tieng-on")
print("tieng-on asks:", [a["code"] for a in definition["attributes"]])

form = {"lat": 21.0287, "long": 105.8524, "description": "Hát karaoke đến nửa đêm.", "name": "Lan Nguyễn",
        "email": "lan@ihanoi.example", "attribute[source]": "karaoke",
        "attribute[heard_at]": "2026-11-23T22:30:00+07:00", "attribute[days][]": ["saturday", "sunday"]}
(posted,) = client.post("tieng-on", **form)
ticket = posted["service_request_id"]
print("posted:", ticket, posted["service_notice"])

(one,) = client.request(ticket)
print("request:", one["service_request_id"], one["status"])
assert one["status"] == "open" and one["service_code"] == "tieng-on"
(token,) = client.token(ticket)
print("token:", token)
assert token["service_request_id"] == ticket

yesterday, tomorrow = (date.today() + timedelta(days) for days in (-1, 1))
found = client.requests("tieng-on", between=[yesterday, tomorrow], count=5)
print("requests since yesterday:", len(found))
assert ticket in [r["service_request_id"] for r in found]

refused = client.post("tieng-on", **{**form, "attribute[source]": ""})
print("refused:", client.post_response.status_code, refused)
assert client.post_response.status_code == 400 and refused[0]["description"] == "source required"
forbidden = three.Three(endpoint, api_key="nobody").post("tieng-on", **form)
print("forbidden:", forbidden)
assert forbidden[0]["code"] == 403
print("three: done", ticket)
