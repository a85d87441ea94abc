// The errors of the API server behind helm: reachable, allowed, admitted, possible.
import {fillIn} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import type {ErrorRule} from './rule.ts';
import {meanForbidden, meanUnreachable} from './meanings.ts';
import {kubectl, kubectlHere} from '../../commands/kubectl.ts';
import {firstLine, kindOf, named, object} from './messages.ts';

export const clusterRules: readonly ErrorRule[] = [
  {
    code: 'CREDENTIALS_EXPIRED',
    match:
      /asked for the client to provide credentials|\bUnauthorized\b|getting credentials: .*|tls: (?:expired|bad) certificate/,
    mean: (about, [found]) => ({
      message: found.startsWith('getting')
        ? `The program that logs in to the cluster of context ${about.context} failed.`
        : `The cluster of context ${about.context} does not accept these credentials; they may have expired.`,
      remedies: [
        {title: 'Log in to the cluster again, then see who you are', command: kubectl(about, 'auth', 'whoami')},
      ],
    }),
  },
  {code: 'CLUSTER_UNREACHABLE', match: /cluster unreachable: ([\s\S]*)/i, mean: meanUnreachable},
  {
    code: 'QUOTA_EXCEEDED',
    match: /(\S+) "([^"]+)" is forbidden: (?:exceeded quota: (.+)|failed quota: (.+)|(?:\[?(?:maximum|minimum) .+))/,
    mean: (about, [whole, resource = '', name = '', exceeded, failed]) => ({
      message: exceeded
        ? `The quota of namespace ${about.namespace} leaves no room for ${kindOf(resource)} ${name}: ${exceeded}.`
        : failed
          ? `A quota of namespace ${about.namespace} asks for more than ${kindOf(resource)} ${name} says: ${failed}.`
          : `The limit range of namespace ${about.namespace} refuses ${kindOf(resource)} ${name}: ` +
            `${whole.slice(whole.indexOf('forbidden: ') + 11)}.`,
      object: object(kindOf(resource), about.namespace, name),
      remedies: [
        {title: 'Ask for less, or have it raised'},
        {
          title: 'See what is used',
          command: kubectlHere(about, 'describe', 'quota,limits'),
        },
      ],
    }),
  },
  {
    code: 'NAMESPACE_MISSING',
    match:
      /namespaces "([^"]+)" not found|unable to create new content in namespace (\S+) because it is being terminated/,
    mean: (about, [, missing, ending = '']) => ({
      message:
        missing === undefined
          ? `Namespace ${ending} is being deleted; nothing can be made in it.`
          : `There is no namespace ${missing}.`,
      object: object('Namespace', null, missing ?? ending),
      remedies:
        missing === undefined
          ? [
              {
                title: 'Wait until it is gone',
                command: kubectl(about, 'wait', '--for=delete', `namespace/${ending}`, '--timeout=5m'),
              },
            ]
          : [{title: 'Make it', command: kubectl(about, 'create', 'namespace', missing)}],
    }),
  },
  {
    code: 'ADMISSION_DENIED',
    match: /failed calling webhook "([^"]+)": ([\s\S]*)/,
    mean: (_, [, webhook = '', why = '']) => ({
      message:
        `The cluster asks the admission webhook ${webhook} about every change and got no answer: ` +
        `${firstLine(why)}.`,
      remedies: [{title: 'Ask whoever runs that webhook to bring it back'}],
    }),
  },
  {
    code: 'ADMISSION_DENIED',
    match:
      /(?:(\S+) "([^"]+)" is forbidden: )?(violates PodSecurity "[^"]+"|ValidatingAdmissionPolicy '[^']+'[^:]* denied request|admission webhook "[^"]+" denied the request):? ?(.*)/,
    mean: ({namespace}, [, resource, name, who = '', why = '']) => ({
      message:
        `A rule of the cluster refuses ${resource && name ? `${kindOf(resource)} ${name}` : 'this change'} in ` +
        `namespace ${namespace}: ${who}${why && `: ${why}`}`,
      ...(resource && name && {object: object(kindOf(resource), namespace, name)}),
      remedies: [{title: 'Change what it names with --values, or ask whoever sets the rules'}],
    }),
  },
  {
    code: 'STORAGE_CANNOT_GROW',
    match: /"([^"]+)" is invalid: spec: Forbidden: updates to statefulset spec for fields other than/,
    mean: (about, [, name = '']) => ({
      message:
        `Kubernetes lets only a part of a StatefulSet change, and what helm has for ${name} differs in the rest: ` +
        'most often the size or class of its volumes.',
      object: object('StatefulSet', about.namespace, name),
      remedies: [
        fillIn('A larger volume is made in another way', 'resize', releaseRef(about), '--storage-size SIZE'),
        {title: 'Anything else of a volume needs a new release and a dump'},
      ],
    }),
  },
  {
    code: 'STORAGE_CANNOT_GROW',
    match: /persistentvolumeclaims "([^"]+)" is forbidden: only dynamically provisioned pvc can be resized/,
    mean: (about, [, name = '']) => ({
      message: `The storage class of claim ${name} does not let volumes grow.`,
      object: object('PersistentVolumeClaim', about.namespace, name),
      remedies: [{title: 'See which classes do', command: kubectl(about, 'get', 'storageclass')}],
    }),
  },
  {
    code: 'STORAGE_SHRINK',
    match: /spec\.resources\.requests\.storage: Forbidden: field can not be less than/,
    mean: (about) => ({
      message: `A volume of release ${named(about)} was to become smaller; Kubernetes volumes only grow.`,
    }),
  },
  {
    code: 'FIELD_CONFLICT',
    match:
      /conflict occurred while applying object (\S+)\/(\S+) \S+ Kind=(\w+): Apply failed with \d+ conflicts?: ([\s\S]*)/,
    mean: (about, [, namespace = '', name = '', kind = '', what = '']) => ({
      message: `${kind} ${name} was changed outside of helm, which will not overwrite it: ${firstLine(what)}.`,
      object: object(kind, namespace, name),
      remedies: [
        {
          title: 'See who set what',
          command: kubectl(
            about,
            'get',
            kind.toLowerCase(),
            name,
            '--namespace',
            namespace,
            '--show-managed-fields',
            '--output',
            'yaml',
          ),
        },
        {title: 'Set it back to what the release says, then run the same again'},
      ],
    }),
  },
  {
    code: 'FIELD_CONFLICT',
    match: /Operation cannot be fulfilled on (\S+) "([^"]+)": the object has been modified/,
    mean: ({namespace}, [, resource = '', name = '']) => ({
      message: `${kindOf(resource)} ${name} was changed by somebody else in the same moment.`,
      object: object(kindOf(resource), namespace, name),
      remedies: [{title: 'Run the same again', again: true}],
    }),
  },
  {code: 'FORBIDDEN', match: / is forbidden: ([\s\S]*)/, mean: meanForbidden},
];
