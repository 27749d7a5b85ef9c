import { route } from './router.js';
export function startChanges() { route('changes', () => []); }
