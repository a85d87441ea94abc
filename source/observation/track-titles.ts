// The tracks as people read them. Apart from what finds them, which no first frame should load.
import type {TrackName} from './tracks.ts';

export const trackTitles: Readonly<Record<TrackName, string>> = {
  checks: 'Checks',
  release: 'Release',
  storage: 'Storage',
  writer: 'Writer',
  readers: 'Readers',
  endpoints: 'Endpoints',
  backup: 'Backup',
};
