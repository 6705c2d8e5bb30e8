// Shows one of the documents with Swagger UI. Requests are not sent from here: the console and the commands do that.

const DOCUMENTS = ['queues', 'extensions', 'binding', 'development'];
const asked = new URLSearchParams(location.search).get('document');
const name = DOCUMENTS.includes(asked) ? asked : DOCUMENTS[0];

document.querySelector(`nav a[href="?document=${name}"]`).setAttribute('aria-current', 'page');
document.querySelector('#file').href = `${name}.yaml`;

globalThis.SwaggerUIBundle({
  url: `${name}.yaml`,
  dom_id: '#contract',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  supportedSubmitMethods: [],
  validatorUrl: null,
});
