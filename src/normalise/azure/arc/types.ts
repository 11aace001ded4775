export const ARC_TYPE = 'microsoft.hybridcompute/machines';
export const ARC_EXTENSION_TYPE = `${ARC_TYPE}/extensions`;
