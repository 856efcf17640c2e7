import { accessible } from './axe.mjs';
import { world } from './help.mjs';
import { office } from './pages.mjs';

accessible(office(world()));
