import { deploy } from './deploy';
import { readSettings } from './settings';

export = deploy(readSettings());
