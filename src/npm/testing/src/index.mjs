export { startSluice } from './index.js';
