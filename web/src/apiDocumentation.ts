import "swagger-ui-dist/swagger-ui.css";

import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

SwaggerUI({
  url: "/openapi.json",
  domNode: document.getElementById("api"),
  deepLinking: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
});
