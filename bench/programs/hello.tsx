// The least that Ink can be: one text.
import {render, Text} from 'ink';

render(<Text>hello</Text>);
