export { declaredFacts, sectionFacts, unreadTargetFact } from './estate-facts.ts';
export { factsOfCatalogue, instancesOf } from './facts.ts';
export { layDeclared, stateOf } from './overlay.ts';
export { readSetting, type Reading } from './read.ts';
