import { accessible } from './axe.mjs';
import { world } from './help.mjs';
import { loket } from './pages.mjs';

accessible(loket(world({ desk: true })));
