import {framesAreAsRecorded} from '../support/screens/frames.ts';
import {sizes} from '../support/screens/screen.tsx';

framesAreAsRecorded(sizes.usual);
