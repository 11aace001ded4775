export { declaredFacts, sectionFacts, unreadTargetFact } from './estate-facts.ts';
export { factsOfCatalogue } from './facts.ts';
export { layDeclared, stateOf } from './overlay.ts';
export { settingStateOf } from './written.ts';
