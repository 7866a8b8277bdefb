"""Swagger UI over the five contract files, from local files only."""

import json

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from portal import contract
from portal.sandbox.html import STATIC

TOKEN_PATH = "/ax/oauth2/token"  # noqa: S105 (a path)


def routes() -> list[Route | Mount]:
    return [
        Route("/docs/", _page),
        Route("/docs", _page),
        Route("/docs/{api}.openapi.json", _document),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]


def _page(_request: Request) -> Response:
    urls = [{"name": api, "url": f"/docs/{api}.openapi.json"} for api in contract.APIS]
    return HTMLResponse(
        f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>APIs of the simulator</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/swagger-ui/swagger-ui.css">
<style>
nav {{ padding: 0.75rem 1.25rem; font: 1rem system-ui, sans-serif; }}
nav label {{ margin-inline-end: 0.5rem; }}
nav select {{ font: inherit; padding: 0.25rem; }}
</style>
</head>
<body>
<nav aria-label="APIs"><label for="api">API</label><select id="api"></select></nav>
<div id="ui"></div>
<script src="/static/swagger-ui/swagger-ui-bundle.js"></script>
<script>
const apis = {json.dumps(urls)};
const select = document.getElementById("api");
apis.forEach(({{ name }}) => select.add(new Option(name, name)));
const show = () => SwaggerUIBundle({{
  url: apis.find(({{ name }}) => name === select.value).url,
  dom_id: "#ui", deepLinking: false, validatorUrl: null, docExpansion: "none", filter: true,
}});
select.addEventListener("change", show);
show();
</script>
</body>
</html>"""
    )


def _document(request: Request) -> Response:
    """A contract file whose addresses are the simulator's own, so that "try it out" stays here."""
    api = request.path_params["api"]
    if api not in contract.APIS:
        return JSONResponse({"error": "no such API"}, 404)
    document = json.loads(json.dumps(contract.load(api)))
    document["servers"] = [{"url": f"/{api}"}]
    for scheme in document["components"].get("securitySchemes", {}).values():
        for flow in scheme.get("flows", {}).values():
            flow["tokenUrl"] = TOKEN_PATH
    return JSONResponse(document)
