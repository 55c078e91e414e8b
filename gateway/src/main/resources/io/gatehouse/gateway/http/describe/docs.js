"use strict";

// Every address starts from this file's own, <prefix>/docs/docs.js, whatever prefix a proxy adds.
(async () => {
  const root = new URL("..", document.currentScript.src);
  const answer = await fetch(new URL("openapi.json", root));
  const spec = await answer.json();

  // Only here, not in the document: models that read a security scheme ask people for tokens.
  spec.servers = [{ url: root.href.replace(/\/$/, "") }];
  spec.components = { securitySchemes: { token: { type: "http", scheme: "bearer" } } };
  spec.security = [{ token: [] }];

  SwaggerUIBundle({
    spec,
    dom_id: "#swagger-ui",
    presets: [SwaggerUIBundle.presets.apis],
    // The default would send the document to a validator on another host.
    validatorUrl: null,
  });
})();
