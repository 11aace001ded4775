'use strict';
// What `--policy-pack` starts. Standard output belongs to the engine, which reads the port there: words go to standard error.
const { servePack } = require('./pack.js');
const { settingsFrom } = require('./settings.js');

servePack(settingsFrom(process.env));
