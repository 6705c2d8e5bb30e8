import { withQueues } from '@sluice/workers';
import app from './types.js';

/** The Worker of types.js, with batches that come as HTTP requests. */
export default withQueues(app, { key: (env) => env.SLUICE_KEY });
