import { route } from './router.js';
export function startLearning() { route('learning', () => []); }
