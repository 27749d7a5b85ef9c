import { route } from './router.js';
export function startSwitches() { route('switches', () => []); }
