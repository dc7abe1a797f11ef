/** The package's own types speak of its CommonJS entry only. */
declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  interface SwaggerUIOptions {
    url: string;
    domNode: HTMLElement | null;
    deepLinking?: boolean;
    persistAuthorization?: boolean;
    tryItOutEnabled?: boolean;
  }

  export default function SwaggerUI(options: SwaggerUIOptions): void;
}
