// What the tests see must not depend on who runs them.
import {vi} from 'vitest';

for (const name of ['CI', 'NO_COLOR', 'FORCE_COLOR', 'PGHI_PASSWORD']) vi.stubEnv(name, undefined);
