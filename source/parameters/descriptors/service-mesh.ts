// The service mesh that the database is part of.
import {choice, parameter} from '../parameter.ts';

const meshes = ['none', 'istio', 'linkerd'] as const;
export type ServiceMesh = (typeof meshes)[number];

export const serviceMesh = parameter<'serviceMesh', ServiceMesh, ServiceMesh>({
  key: 'serviceMesh',
  label: 'Service mesh',
  hint: 'The mesh whose proxy runs beside the database: none, istio or linkerd.',
  defaultText: 'none',
  changes: 'anytime',
  form: 'network',
  flags: [{name: '--service-mesh', argument: 'name'}],
  parse: choice(meshes),
  resolve: (answer) => answer ?? 'none',
  choices: () => meshes,
});
