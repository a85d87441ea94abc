import {framesAreAsRecorded} from '../support/frames.ts';
import {sizes} from '../support/screen.tsx';

framesAreAsRecorded(sizes.wide);
