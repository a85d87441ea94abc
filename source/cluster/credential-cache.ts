// Credentials for many requests: a kubeconfig's plugin is a process of its own, and must not be run for each of them.
import type {RequestOptions} from 'node:http';
import type {KubeConfig} from '@kubernetes/client-node/dist/config.js';
import type {CredentialSource} from './api.ts';
import {clock} from '../core/time.ts';

/** Short enough that a rotated token file is read in time; a refused credential is asked for again at once. */
const keptMs = 60_000;

export class CredentialCache implements CredentialSource {
  private known: {readonly options: Promise<RequestOptions>; readonly at: number} | null = null;

  constructor(private readonly config: KubeConfig & Pick<CredentialSource, 'forget'>) {}

  async applyToHTTPSOptions(options: RequestOptions): Promise<void> {
    if (!this.known || clock.now() - this.known.at > keptMs) this.known = {options: this.ask(), at: clock.now()};
    Object.assign(options, await this.known.options);
  }

  /** Drops credentials that the server has refused in a request that was sent then. */
  forget(sentAt: number): void {
    this.known = null;
    this.config.forget?.(sentAt);
  }

  /**
   * For client-node's websocket clients, which ask for the current cluster and the credentials, and for nothing else.
   */
  getCurrentCluster(): ReturnType<KubeConfig['getCurrentCluster']> {
    return this.config.getCurrentCluster();
  }

  private async ask(): Promise<RequestOptions> {
    const options: RequestOptions = {};
    try {
      await this.config.applyToHTTPSOptions(options);
      return options;
    } catch (error) {
      this.known = null;
      throw error;
    }
  }
}
