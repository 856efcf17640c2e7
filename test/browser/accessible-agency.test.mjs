import { accessible } from './axe.mjs';
import { world } from './help.mjs';
import { own } from './pages.mjs';

accessible(own(world()));
