// What others see of the sandbox. It stays small, because the wizard loads it before its first frame: what the sandbox
// itself is made of is loaded by main.ts, in a process of its own.
export {ensureSandbox, runningSandbox, setFaults, stopSandbox, type SandboxRecord} from './background.ts';
export {sandboxContext} from './context.ts';
export {SandboxError, type SandboxErrorCode, type SandboxProblem} from './error.ts';
export {noFaults, parseFaults, wordsOf, type Faults} from './faults.ts';
export {sandboxFiles, type Environment, type SandboxFiles} from './folder.ts';
export {builtInChart} from './places.ts';
