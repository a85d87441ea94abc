// The titles of the tracks. They stand apart from tracks.ts, which should not be loaded for the first frame.
import type {TrackName} from '../tracks.ts';

export const trackTitles: Readonly<Record<TrackName, string>> = {
  checks: 'Checks',
  release: 'Release',
  storage: 'Storage',
  writer: 'Writer',
  readers: 'Readers',
  endpoints: 'Endpoints',
  backup: 'Backup',
};
