# SPDX-License-Identifier: Apache-2.0
"""georeport (PyPI, 2025): reads services, definitions and requests, in both formats. It posts nothing.

    georeport_client.py ENDPOINT TICKET
"""
import sys

import georeport
import requests

endpoint, ticket = sys.argv[1:]
print("georeport", georeport.__version__)
for output_format in ("json", "xml"):
    client = georeport.GeoReport(endpoint, jurisdiction="hanoi.gov.vn", output_format=output_format)
    services = client.get_service_list()
    asking = [s["service_code"] for s in services if s["metadata"] in (True, "true")]
    print(output_format, "services:", len(services), "asking:", len(asking))
    assert "tieng-on" in asking and all(s["service_name"] for s in services)

    definition = client.get_service_definition("tieng-on")
    attributes = definition["attributes"]
    if output_format == "xml":  # its parser keeps the container
        attributes = attributes["attribute"]
    print(output_format, "tieng-on asks:", [(a["code"], a["datatype"], a["required"]) for a in attributes])
    assert [a["code"] for a in attributes] == ["source", "heard_at", "days", "habit"]

    one = client.get_service_request(ticket)
    print(output_format, "request:", one["service_request_id"], one["status"], one["service_name"])
    assert one["service_request_id"] == ticket and one["status"] == "open"

    found = client.get_service_requests(service_code="tieng-on", status="open")
    found = found if isinstance(found, list) else [found]
    print(output_format, "requests:", len(found))
    assert ticket in [r["service_request_id"] for r in found]
    assert ticket == client.get_service_requests(service_request_id=ticket)[0]["service_request_id"] \
        if output_format == "json" else True

    try:
        client.get_service_definition("khong-co")
        raise SystemExit("an unknown service was found")
    except requests.HTTPError as error:
        print(output_format, "unknown service:", error.response.status_code)
        assert error.response.status_code == 404
print("georeport: done")
