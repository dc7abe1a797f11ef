"""Routes by area; `ROUTERS` in `api.app` lists them."""
