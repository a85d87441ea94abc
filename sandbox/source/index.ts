// What others can import from the sandbox. It stays small, because the wizard loads it before its first frame: the
// sandbox itself is loaded by main.ts, in a process of its own.
export {ensureSandbox, runningSandbox, setFaults, stopSandbox, type SandboxRecord} from './background.ts';
export {sandboxContext} from './context.ts';
export {SandboxError, type SandboxErrorCode, type SandboxProblem} from './error.ts';
export {noFaults, parseFaults, wordsOf, type Faults} from './faults.ts';
export {sandboxFiles, type Environment, type SandboxFiles} from './folder.ts';
export {builtInChart} from './places.ts';
